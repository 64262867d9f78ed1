"""The import folder: files of operators read as a first-class source beside the vendors.

What the format promises is data in `tables`; how files are mapped is in `mapping`; reading is in
`folder`, looking without writing in `inspection`. Landing itself is `ingestion.landing`, which
every source shares; it opens a folder by `open_reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.account import AccountContext
    from ingestion.imports.folder import FolderReader


def open_reader(context: AccountContext) -> FolderReader:
    """The reader of the import folder that the account's label names.

    Raises:
        SettingsError: There is no such folder, or its imports.toml is wrong.
    """
    # The registry imports the tables from here on every start: the rest is loaded when needed.
    from ingestion.imports.folder import folder_of, reader_for

    reader = reader_for(context.settings, folder_of(context.settings, context.account))
    try:
        reader.parts()
    except Exception:
        reader.close()
        raise
    return reader
