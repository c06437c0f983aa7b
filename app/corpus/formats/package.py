"""Relations of an Office file that lead to parts which are not in it: Word opens such a file, the libraries do not."""

import io
import posixpath
import zipfile

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MOST_NAMED = 3


def mended(archive: zipfile.ZipFile, data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of the file without relations that lead nowhere, and a note that names these; as it was when there are none."""
    names = {entry.lower() for entry in archive.namelist()}
    changed: dict[str, bytes] = {}
    missing: list[str] = []
    for entry in archive.namelist():
        if not entry.endswith(".rels"):
            continue
        lost, rest = _without_dangling(archive.read(entry), entry, names)
        if lost:
            changed[entry] = rest
            missing += lost
    if not missing:
        return data, ()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in archive.namelist():
            written.writestr(entry, changed.get(entry) or archive.read(entry))
    shown = "、".join(dict.fromkeys(missing[:_MOST_NAMED]))
    rest_of = f"等 {len(missing)} 个部件" if len(missing) > _MOST_NAMED else ""
    return out.getvalue(), (
        f"文件“{name}”引用了其中没有的“{shown}”{rest_of}（多为已删除的图片），其余照常读入，请核对。",
    )


def _without_dangling(data: bytes, entry: str, names: set[str]) -> tuple[list[str], bytes]:
    """(targets that are not there, the relations without them)."""
    from lxml import etree

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    base = posixpath.dirname(posixpath.dirname(entry))
    lost = []
    for relation in list(root.iter(_RELATION)):
        target = relation.get("Target") or ""
        if relation.get("TargetMode") == "External":
            continue
        path = target.partition("#")[0]
        place = path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(base, path))
        if not path or place.lower() not in names:
            lost.append(target)
            root.remove(relation)
    return lost, bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
