"""Everything that the platform's API gives of an app, in a folder that can be read without it.

The folder, format 1; `reader` reads it, `writer` writes it:

- `manifest.json`: what there is, with the number of rows, bytes and the SHA-256 of each file below;
  the names of classes stand there, the names of files follow from them by `layout.path_of`.
- `schemas.json`: the columns of each class, as the API gives them.
- `classes/NAME.jsonl`: the rows of a class as the console exports them: a line with `#filetype`,
  then a row a line, in the order of their ids, each id once. Session tokens and the tokens of
  third-party logins are left out.
- `deleted/NAME.jsonl`: rows that an earlier run read and the server has no more.
- `relations/CLASS.KEY.jsonl`: the entries of a relation, `{"owningId": …, "relatedId": …}`.
- `files.jsonl`: what became of each file: `objectId`, `state` (`saved`, `external`, `gone`,
  `refused`, `failed`), `path`, `bytes` and `sha256`; `problem` where one is odd.
- `files/…`: the contents of the files.
- `conversations/messages.jsonl`: the history of all conversations, oldest first.
- `inboxes.jsonl`: a line for each status in the inbox of a user: `owner`, the user's id,
  `inboxType`, `messageId` and `status`.
- `functions.json`: the cloud functions and hooks that the app registered.
- `journal.sqlite3`: what an export goes on from; whoever reads an export needs none of it.
"""
