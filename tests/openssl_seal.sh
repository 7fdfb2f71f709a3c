#!/bin/sh
# Seals standard input as WeChat does, with nothing but openssl and the standard tools: an independent answer to compare
# with. Prints the Encrypt and its msg_signature, a line each.
#
#   openssl_seal.sh ENCODING_AES_KEY APPID TOKEN TIMESTAMP NONCE < message
set -eu
key=$1 appid=$2 token=$3 timestamp=$4 nonce=$5
export LC_ALL=C

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/message"

hex() { od -An -v -tx1 | tr -d ' \n'; }
# Bytes of a value below 256, or of a big-endian number of four bytes.
byte() { printf "\\$(printf '%03o' "$1")"; }
number() { byte $(($1 >> 24 & 255)); byte $(($1 >> 16 & 255)); byte $(($1 >> 8 & 255)); byte $(($1 & 255)); }
size() { wc -c < "$1" | tr -d ' '; }

aes_key=$(printf '%s=' "$key" | openssl base64 -d -A | hex)
iv=$(printf '%.32s' "$aes_key")

{
  openssl rand 16
  number "$(size "$folder/message")"
  cat "$folder/message"
  printf '%s' "$appid"
} > "$folder/plain"

padding=$((32 - $(size "$folder/plain") % 32))
i=0
while [ "$i" -lt "$padding" ]; do
  byte "$padding"
  i=$((i + 1))
done >> "$folder/plain"

encrypt=$(openssl enc -aes-256-cbc -nopad -K "$aes_key" -iv "$iv" -in "$folder/plain" | openssl base64 -A)
signature=$(printf '%s\n' "$token" "$timestamp" "$nonce" "$encrypt" | sort | tr -d '\n' | openssl dgst -sha1 -r | cut -c1-40)
printf '%s\n%s\n' "$encrypt" "$signature"
