"""Carry a project from the platform's `LC_` names to `LEANCLOUD_`, and from
`leancloud-sdk` to `leancloud`.

Only what surely names an environment variable of the platform is changed; what may or may not is
left as it is and reported with file and line.
"""
