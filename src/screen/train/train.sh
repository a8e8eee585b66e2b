#!/bin/sh
# Trains the mask and the guard from the data in the repository; run by "make train".
#   train.sh MASK_TRAIN GUARD_TRAIN, the two built programs. Two runs give the same bytes.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
python3 "$here/train/mask_texts.py" "$here/data" 100000 "$here/data/given/pii_dev.jsonl" > "$work/mask.tsv"
"$1" "$work/mask.tsv" "$here/data/weights/tagger.bin" 5
python3 "$here/train/guard_texts.py" "$here/data" all > "$work/guard.tsv"
"$2" "$work/guard.tsv" "$here/data/lists/vector.txt" "$here/data/weights/guard.bin"
sha256sum "$here"/data/weights/*.bin
