"""Archives are unpacked without trusting anything in them; what cannot be used costs one clear line."""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import tarred, zipped

from grader.archives import OF_A_STUDENT, Allowance, is_archive, is_unopened, stem, unpack
from grader.errors import SourceError

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


UNUSABLE = {
    "truncated-zip": (zipped({"lab1.py": os.urandom(4096)})[:-900], "damaged or cut off"),
    "truncated-tar": (tarred({"lab1.py": os.urandom(4096)})[:-900], "damaged or cut off"),
    "truncated-plain-tar": (tar_with((member("a"), bytes(4096)), mode="w")[:1500], "damaged or cut off"),
    "corrupt-zip": (corrupt_zip(), "damaged or cut off"),
    "encrypted": (encrypted_zip(), "encrypted"),
    "method": (oddly_compressed_zip(), "compressed in a way"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "RAR"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "7z"),
    "text": (b"import torch\n", "no archive"),
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


def test_names_of_archives_are_known_by_their_ending() -> None:
    assert all(map(is_archive, ("a.zip", "A.ZIP", "a.tar.gz", "a.tgz", "a.tar")))
    assert all(map(is_unopened, ("a.rar", "a.7z", "a.tar.xz", "a.py.gz")))
    assert not any(map(is_archive, ("a.py", "zip", "a.docx", "a.rar")))
    assert not is_unopened("a.tar.gz")
    assert (stem("Lab 1.tar.gz"), stem("lab.v2.ZIP"), stem("lab.py")) == ("Lab 1", "lab.v2", "lab.py")
