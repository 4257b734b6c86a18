"""The pages of docs/reference that are written from the source: one module a
page, each with `page(language)`.
"""
