#!/usr/bin/env bash
# Gradescope runs this once, as root, to build the autograder: it installs Python if missing, then the grader.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" > /dev/null &&
            "$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

install() {
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

python=$(find_python) || { install python3 python3-venv && python=$(find_python); } ||
    { install python3.11 python3.11-venv && python=$(find_python); }

# Without this index, pip would fetch gigabytes of CUDA with torch.
export PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL-https://download.pytorch.org/whl/cpu}
"$python" -m venv "$here/venv"
"$here/venv/bin/pip" install --quiet --constraint "$here/constraints.txt" "$here/package"
"$here/venv/bin/grade" --version
