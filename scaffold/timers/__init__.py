"""Scheduled functions: Quartz expressions, `timers.yaml`, and the runner that calls
the functions.
"""
