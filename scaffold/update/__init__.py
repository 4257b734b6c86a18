"""Updates: copier's, made in a copy of the project, shown, and then carried over file by file.

The user's repository is read (`repository`, `recorded`), the template and the answers are settled (`template`,
`decision`), copier runs once in a copy (`scratch`, `runner`), what came of it is told (`plan`) and put in place
(`transfer`).
"""
