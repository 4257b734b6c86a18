"""Updates: copier's, made in a working copy of the project, shown, and then applied file by file.

Each module imports from those before it only:

- `repository`: the user's repository, read; `index`: git's index.
- `answers_file`, `template`, `decision`: where the project came from, and the answers to give.
- `working_copy`: a copy in a repository of its own; `copier_process` and `runner`: copier, which
  works there and nowhere else.
- `plan`: what happened to each file; `user_edits`: what copier cannot merge; `obstacles`: what
  keeps the update from being written.
- `journal`: what is noted down before; `apply`: the files, all of them or none.
- `session`: one update from its start to its end; `report`: what the user sees of it.
"""
