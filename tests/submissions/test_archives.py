"""Archives are unpacked without trusting their contents; unusable ones get one clear line."""

import gzip
import io
import os
import stat
import struct
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.class_layouts import tarred, zipped

from grader.core.errors import SourceError
from grader.submissions.archives import OF_A_STUDENT, Allowance, is_archive, is_unopened, stem, unpack

SMALL = Allowance(entries=20, size=1024**2, ratio=10)

Unpack = Callable[..., tuple[str, ...]]


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpack:
    """`unpacked(data)` unpacks into `tmp_path / "in" / "out"` and gives the sentences about it."""

    def run(data: bytes, name: str = "lab.zip", allowance: Allowance = SMALL) -> tuple[str, ...]:
        archive = tmp_path / "packed"
        archive.write_bytes(data)
        return unpack(archive, name, tmp_path / "in" / "out", allowance)

    return run


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def zip_with(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """A zip with these entries, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


def tar_with(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    """A tar with these members, in this order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A member of a tar."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(("pack", "name"), [(zipped, "lab.zip"), (tarred, "lab.tar.gz")])
def test_both_kinds_are_unpacked_with_folders_and_without_leavings(
    unpacked: Unpack, tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes], name: str
) -> None:
    files = {"my lab/lab1.py": b"x = 1\n", "my lab/data/ünïcode 行列.txt": b"y"}
    leavings = {"__MACOSX/._lab1.py": b"", "my lab/.git/config": b"", "my lab/.ipynb_checkpoints/a.py": b""}
    assert unpacked(pack({**files, **leavings}), name) == ()
    assert everything(tmp_path / "in" / "out") == files


def test_the_first_bytes_decide_what_kind_it_is(unpacked: Unpack, tmp_path: Path) -> None:
    assert unpacked(tarred({"lab1.py": b"x"}), "lab.zip") == ()
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"x"}


OUTSIDE = (
    "../evil.py",
    "a/../../evil.py",
    "/tmp/evil.py",
    "..\\evil.py",
    "C:\\evil.py",
    "C:/evil.py",
    "\\evil.py",
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_out_are_left_out_and_said(unpacked: Unpack, tmp_path: Path, name: str) -> None:
    (note,) = unpacked(zip_with((name, b"evil"), ("lab1.py", b"x")))
    assert name in note and "leads out" in note
    assert everything(tmp_path) == {"packed": (tmp_path / "packed").read_bytes(), "in/out/lab1.py": b"x"}


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_in_a_tar_that_lead_out_are_left_out_and_said(
    unpacked: Unpack, tmp_path: Path, name: str
) -> None:
    (note,) = unpacked(tar_with((member(name), b"evil"), (member("lab1.py"), b"x")))
    assert "leads out" in note
    assert everything(tmp_path / "in") == {"out/lab1.py": b"x"}


def test_links_and_devices_are_left_out_and_nothing_is_written_through_them(
    unpacked: Unpack, tmp_path: Path
) -> None:
    (tmp_path / "secret").mkdir()
    (note,) = unpacked(
        tar_with(
            (member("way", tarfile.SYMTYPE, "../../secret"), b""),
            (member("way/planted.py"), b"evil"),
            (member("hard", tarfile.LNKTYPE, "/etc/passwd"), b""),
            (member("pipe", tarfile.FIFOTYPE), b""),
            (member("disk", tarfile.BLKTYPE), b""),
        )
    )
    assert "`way` is a link" in note and "`hard` is a link" in note and "no file" in note
    assert not list((tmp_path / "secret").iterdir())
    found = list((tmp_path / "in" / "out").rglob("*"))
    assert all(path.is_dir() or stat.S_ISREG(path.lstat().st_mode) for path in found)


def test_a_link_in_a_zip_is_left_out_and_said(unpacked: Unpack, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("answers.py")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    (note,) = unpacked(zip_with((link, b"/etc/passwd"), ("lab1.py", b"x")))
    assert "`answers.py` is a link" in note
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"x"}


def test_what_stands_twice_or_as_file_and_folder_is_kept_once(unpacked: Unpack, tmp_path: Path) -> None:
    info = member("lab1.py")
    (note,) = unpacked(tar_with((info, b"first"), (member("lab1.py"), b"second"), (member("lab1.py/x"), b"")))
    assert "twice" in note
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"first"}


def test_names_that_no_disk_takes_are_left_out_and_said(unpacked: Unpack, tmp_path: Path) -> None:
    (note,) = unpacked(zip_with(("n" * 300, b""), ("/".join("d" * 600), b""), ("lab1.py", b"x")))
    assert note.count("too long") == 2
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"x"}


def test_names_that_are_no_text_are_left_out_and_said(unpacked: Unpack, tmp_path: Path) -> None:
    (note,) = unpacked(tar_with((member("evil-\udcff.py"), b"evil"), (member("lab1.py"), b"x")))
    assert "cannot be written" in note
    assert note.encode()
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"x"}


def lying_zip() -> bytes:
    """A zip whose headers say that a megabyte is one byte."""
    data = bytearray(zip_with(("zeros", bytes(1024**2))))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<I", 1)
    return bytes(data)


def header_bomb() -> bytes:
    """A tar whose extended header alone unpacks to 64 MB."""
    info = member("lab1.py")
    info.pax_headers = {"comment": "x" * 64 * 1024**2}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO())
    return buffer.getvalue()


def corrupt_zip() -> bytes:
    """A zip in the middle of whose data a byte has changed."""
    data = bytearray(zipped({"lab1.py": os.urandom(4096)}))
    data[2000] ^= 0xFF
    return bytes(data)


def encrypted_zip() -> bytes:
    """A zip that says it has a password."""
    data = bytearray(zipped({"lab1.py": b"x = 1\n"}))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def oddly_compressed_zip() -> bytes:
    """A zip compressed by a method that Python does not have."""
    data = bytearray(zipped({"lab1.py": b"x = 1\n"}))
    for signature, offset in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        data[data.index(signature) + offset] = 97
    return bytes(data)


def packed_with(method: int, content: bytes = b"x = 1\n") -> bytes:
    """A zip that is compressed in this way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("lab1.py", content)
    return buffer.getvalue()


def damaged(data: bytes, place: int) -> bytes:
    """The bytes with some in the middle changed."""
    return data[:place] + bytes(byte ^ 0xA5 for byte in data[place : place + 8]) + data[place + 8 :]


def zip_without_a_name() -> bytes:
    """A zip with an entry whose name is empty."""
    data = bytearray(zip_with(("a", b"x = 1\n")))
    for signature, length, name in ((b"PK\3\4", 26, 30), (b"PK\1\2", 28, 46)):
        place = data.index(signature)
        data[place + length : place + length + 2] = b"\0\0"
        del data[place + name]
    end = data.index(b"PK\5\6")
    data[end + 12 : end + 20] = struct.pack("<II", end - data.index(b"PK\1\2"), data.index(b"PK\1\2"))
    return bytes(data)


def zip64_nonsense() -> bytes:
    """A zip whose directory says that an entry is longer than the file, and lies behind its end."""
    data = bytearray(zip_with(("lab1.py", b"x = 1\n")))
    place = data.index(b"PK\1\2")
    data[place + 20 : place + 28] = b"\xff" * 8
    data[place + 42 : place + 46] = b"\xff" * 4
    data[place + 30 : place + 32] = struct.pack("<H", 28)
    name_end = place + 46 + len("lab1.py")
    data[name_end:name_end] = struct.pack("<HHQQQ", 1, 24, 2**62, 2**62, 2**63 - 1)
    end = data.index(b"PK\5\6")
    data[end + 12 : end + 16] = struct.pack("<I", end - place)
    return bytes(data)


def overlapping_zip() -> bytes:
    """A zip in which every entry holds all that follow, the last of them a long row of bytes that unpack to
    one."""
    content, out = b"\0\0\0\xff\xff" * 100_000 + b"\1\1\0\xfe\xffx", b"x"
    directory: list[tuple[bytes, int, bytes, bytes]] = []
    for number in range(20):
        name, size = f"{number:02d}".encode(), len(content)
        header = (
            struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, zlib.crc32(out), size, len(out), 2, 0)
            + name
        )
        directory.append((name, size, out, header))
        rest = header + content
        quoted = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF)
        content, out = quoted + rest, header + out
    entries, ends = b"", len(rest)
    for name, size, out, header in directory:
        place = ends - size - len(header)
        entries += struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 33, zlib.crc32(out), size, len(out),
                               2, 0, 0, 0, 0, 0, place) + name  # fmt: skip
    return rest + entries + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 20, 20, len(entries), len(rest), 0)


def tar_header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    """A header of a tar with a size as the bytes given."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108], block[124:136], block[148:156] = b"0000644\0", size.ljust(12, b"\0"), b" " * 8
    block[156:157], block[257:265] = kind, b"ustar\00000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


NEGATIVE = b"\xff" * 12

UNUSABLE = {
    "no-name": (zip_without_a_name(), "without a name"),
    "no-name-in-a-tar": (tar_header(b"", b"0") + bytes(1024), "without a name"),
    "damaged-lzma": (damaged(packed_with(zipfile.ZIP_LZMA, os.urandom(4096)), 2000), "damaged or cut off"),
    "damaged-bzip2": (damaged(packed_with(zipfile.ZIP_BZIP2, os.urandom(4096)), 2000), "damaged or cut off"),
    "lzma-settings": (damaged(packed_with(zipfile.ZIP_LZMA), 30 + len("lab1.py")), "cannot be unpacked"),
    "zip64": (zip64_nonsense(), "damaged or cut off"),
    "overlapping": (overlapping_zip(), "overlapping parts"),
    "negative-size": (tar_header(b"lab1.py", NEGATIVE) + bytes(1024), "damaged or cut off"),
    "huge-size": (tar_header(b"lab1.py", b"77777777777") + bytes(1024), "damaged or cut off"),
    "no-size": (tar_header(b"lab1.py", b"twelve") + bytes(1024), "damaged or cut off"),
    "negative-header": (tar_header(b"x", NEGATIVE, b"x") + bytes(1024), "damaged or cut off"),
    "header-of-gigabytes": (tar_header(b"x", b"20000000000", b"x") + bytes(1024), "1 MB"),
    "records-without-end": (tar_header(b"x", b"4", b"x") + b"3 a=".ljust(512, b"\0") + bytes(1024), "damaged"),
    "records-that-stand-still": (tar_header(b"x", b"6", b"x") + b"0 a=b\n".ljust(512, b"\0") + bytes(1024), "damaged"),
    "truncated-zip": (zipped({"lab1.py": os.urandom(4096)})[:-900], "damaged or cut off"),
    "truncated-tar": (tarred({"lab1.py": os.urandom(4096)})[:-900], "damaged or cut off"),
    "truncated-plain-tar": (tar_with((member("a"), bytes(4096)), mode="w")[:1500], "damaged or cut off"),
    "corrupt-zip": (corrupt_zip(), "damaged or cut off"),
    "encrypted": (encrypted_zip(), "encrypted"),
    "method": (oddly_compressed_zip(), "compressed in a way"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "RAR"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "7z"),
    "text": (b"import torch\n", "not an archive"),
    "empty": (b"", "is empty"),
    "gzip-of-no-tar": (gzip.compress(b"import torch\n"), "damaged or cut off"),
    "entries": (zipped({f"{n}.py": b"" for n in range(21)}), "more than 20 entries"),
    "size": (zipped({f"{n}": os.urandom(300_000) for n in range(5)}), "more than 1 MB"),
    "size-of-a-tar": (tarred({f"{n}": os.urandom(300_000) for n in range(5)}), "more than 1 MB"),
    "lying": (lying_zip(), ""),
    "headers": (header_bomb(), "MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_leaves_nothing(
    unpacked: Unpack, tmp_path: Path, name: str
) -> None:
    data, words = UNUSABLE[name]
    with pytest.raises(SourceError) as caught:
        unpacked(data, "their lab.zip")
    sentence = str(caught.value)
    assert sentence.startswith("their lab.zip ")
    assert words in sentence and sentence.endswith(".") and "\n" not in sentence
    assert list((tmp_path / "in").iterdir()) == []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_compress_are_unpacked(unpacked: Unpack, tmp_path: Path, method: int) -> None:
    content = os.urandom(50_000) + bytes(50_000)
    assert unpacked(packed_with(method, content)) == ()
    assert everything(tmp_path / "in" / "out") == {"lab1.py": content}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_unpacked_is_never_in_memory_at_once(unpacked: Unpack, method: int) -> None:
    data = packed_with(method, bytes(64 * 1024**2))
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="harmful"):
            unpacked(data, "lab.zip", OF_A_STUDENT)
        assert tracemalloc.get_traced_memory()[1] < 24 * 1024**2
    finally:
        tracemalloc.stop()


def test_headers_of_a_tar_are_read_in_time_in_proportion_to_their_length(
    unpacked: Unpack, tmp_path: Path
) -> None:
    record = b" comment=" + b"1" * 1_000_000 + b"\n"
    data = f"{len(record) + 7}".encode() + record
    assert len(data) == len(record) + 7
    header = tar_header(b"x", b"%o" % len(data), b"x") + data + bytes(-len(data) % 512)
    assert unpacked(header * 3 + tar_header(b"lab1.py", b"0") + bytes(1024), "lab.tar", OF_A_STUDENT) == ()
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b""}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_form_of_tar_is_read(unpacked: Unpack, tmp_path: Path, form: int) -> None:
    name = "/".join(["a folder with a long name"] * 6) + (
        "/ünïcode.py" if form != tarfile.USTAR_FORMAT else "/l.py"
    )
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for size in (0, 511, 512, 513):
            info = member(f"{name}{size}")
            info.size, info.mtime = size, 1_700_000_000 + (0.5 if form == tarfile.PAX_FORMAT else 0)
            archive.addfile(info, io.BytesIO(b"x" * size))
        archive.addfile(member("empty/", tarfile.DIRTYPE))
    assert unpacked(buffer.getvalue(), "lab.tar") == ()
    assert everything(tmp_path / "in" / "out") == {
        f"{name}{size}": b"x" * size for size in (0, 511, 512, 513)
    }
    assert (tmp_path / "in" / "out" / "empty").is_dir()


def test_a_sparse_file_is_left_out_and_said(unpacked: Unpack, tmp_path: Path) -> None:
    info = member("GNUSparseFile.0/huge.bin")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(2**50)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO())
        archive.addfile(member("lab1.py"), io.BytesIO())
    (note,) = unpacked(buffer.getvalue(), "lab.tar")
    assert "sparse" in note
    assert list(everything(tmp_path / "in" / "out")) == ["lab1.py"]


def test_what_takes_too_long_is_refused(unpacked: Unpack) -> None:
    for data in (zipped({"lab1.py": b"x"}), tarred({"lab1.py": b"x"})):
        with pytest.raises(SourceError, match="takes too long"):
            unpacked(data, "lab.zip", Allowance(entries=20, size=1024**2, ratio=10, seconds=-1.0))


def test_folders_beyond_a_depth_are_left_out_and_said(unpacked: Unpack, tmp_path: Path) -> None:
    (note,) = unpacked(zip_with(("/".join("d" * 101) + "/x", b""), ("lab1.py", b"x")))
    assert "100 folders deep" in note
    assert everything(tmp_path / "in" / "out") == {"lab1.py": b"x"}


def test_names_that_cannot_be_seen_are_shown_on_one_line(unpacked: Unpack) -> None:
    (note,) = unpacked(
        tar_with((member("a\nb\t\u202e\x1b[2J", tarfile.FIFOTYPE), b""), (member("lab1.py"), b"x"))
    )
    assert "\n" not in note and "\x1b" not in note and "\u202e" not in note


WHOLE = {
    "zip": zipped({"lab1.py": b"x = 1\n" * 50, "a/b.txt": b"y"}),
    "bzip2": packed_with(zipfile.ZIP_BZIP2),
    "lzma": packed_with(zipfile.ZIP_LZMA),
    "tar": tar_with((member("lab1.py"), b"x = 1\n"), (member("n" * 150), b"y"), mode="w"),
    "tar.gz": tarred({"lab1.py": b"x = 1\n" * 50}),
}


@given(
    kind=st.sampled_from(sorted(WHOLE)),
    changes=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=6),
)
def test_no_change_of_an_archive_is_answered_with_anything_but_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, kind: str, changes: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    data = bytearray(WHOLE[kind])
    for place, byte in changes:
        data[place % len(data)] = byte
    (folder / "packed").write_bytes(data)
    try:
        notes = unpack(folder / "packed", "lab.zip", folder / "out", SMALL)
    except SourceError as error:
        notes = (str(error),)
        assert not (folder / "out").exists()
    assert not any("\n" in note for note in notes)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_bomb_is_stopped_by_its_ratio_long_before_its_size(
    unpacked: Unpack, tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    with pytest.raises(SourceError, match="harmful"):
        unpacked(pack({"zeros": bytes(64 * 1024**2)}), "lab.zip", OF_A_STUDENT)
    assert list((tmp_path / "in").iterdir()) == []


def test_many_zeros_within_reason_are_no_bomb(unpacked: Unpack, tmp_path: Path) -> None:
    assert unpacked(zipped({"A.npy": bytes(8 * 1024**2)}), "lab.zip", OF_A_STUDENT) == ()
    assert (tmp_path / "in" / "out" / "A.npy").stat().st_size == 8 * 1024**2


def test_a_name_in_utf_8_is_read_though_the_archive_does_not_say_so(unpacked: Unpack, tmp_path: Path) -> None:
    data = zipped({"löwe.py": b"x"})
    place = data.index(b"PK\1\2")
    flags = bytearray(data)
    flags[data.index(b"PK\3\4") + 7] &= ~0x8
    flags[place + 9] &= ~0x8
    assert unpacked(bytes(flags)) == ()
    assert list(everything(tmp_path / "in" / "out")) == ["löwe.py"]


def test_windows_separators_make_folders(unpacked: Unpack, tmp_path: Path) -> None:
    assert unpacked(zip_with(("my lab\\src\\lab1.py", b"x"))) == ()
    assert list(everything(tmp_path / "in" / "out")) == ["my lab/src/lab1.py"]


def test_times_are_kept_for_what_is_newest(unpacked: Unpack, tmp_path: Path) -> None:
    info = member("lab1.py")
    info.mtime = 1_700_000_000
    unpacked(tar_with((info, b"x"), (member("odd"), b"")))
    assert (tmp_path / "in" / "out" / "lab1.py").stat().st_mtime == 1_700_000_000


@given(data=st.binary(max_size=2000), kind=st.sampled_from([b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08", b"ustar"]))
def test_no_bytes_are_answered_with_anything_but_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: bytes
) -> None:
    folder = tmp_path_factory.mktemp("noise")
    (folder / "packed").write_bytes(bytes(257) + kind + data if kind == b"ustar" else kind + data)
    try:
        unpack(folder / "packed", "lab.zip", folder / "out", SMALL)
    except SourceError as error:
        assert "\n" not in str(error)
        assert not (folder / "out").exists()


def test_unpacking_needs_little_of_the_grader_so_that_a_locked_process_can_do_it() -> None:
    script = "import sys, grader.submissions.archives; print(*(name for name in sys.modules if name.startswith('grader')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "grader", "grader.core", "grader.core.errors", "grader.core.escaping", "grader.core.ignored_names",
        "grader.core.intake_limits", "grader.submissions", "grader.submissions.archive_entries",
        "grader.submissions.archives",
    }  # fmt: skip


def test_names_of_archives_are_known_by_their_ending() -> None:
    assert all(map(is_archive, ("a.zip", "A.ZIP", "a.tar.gz", "a.tgz", "a.tar")))
    assert all(map(is_unopened, ("a.rar", "a.7z", "a.tar.xz", "a.py.gz")))
    assert not any(map(is_archive, ("a.py", "zip", "a.docx", "a.rar")))
    assert not is_unopened("a.tar.gz")
    assert (stem("Lab 1.tar.gz"), stem("lab.v2.ZIP"), stem("lab.py")) == ("Lab 1", "lab.v2", "lab.py")
