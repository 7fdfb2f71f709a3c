#!/usr/bin/env bash
# Runs the job on a small cluster of this machine, and compares its rows with those of the program, byte for byte.
#
#   examples/spark/try.sh                       20,000 callbacks
#   CALLBACKS=1000000 examples/spark/try.sh     more
#   WXSUB=path/to/wxsub examples/spark/try.sh   another program [default: target/release/wxsub]
#
# Makes target/venv-spark and installs what it needs there. Needs Java 17 and Python 3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/examples/spark venv=$PWD/target/venv-spark
callbacks=${CALLBACKS:-20000} wxsub=$(realpath "${WXSUB:-target/release/wxsub}")
command -v java >/dev/null || { echo "java is missing: the Spark job was NOT tried"; exit 0; }
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check pyspark==4.3.0 cryptography==50.0.2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$venv/bin/python" "$here/captures.py" "$wxsub" captures "$callbacks"
cp "$wxsub" wxsub
umask 077
printf 'encoding_aes_key = ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x\n' > wxsub.keys
templates=(--long-term "TmplOfOurOwn______________________________3" --long-term 模板)

# Starts the job. What it says goes to job.log, with what Spark says.
job() {
  JAVA_TOOL_OPTIONS="" PYSPARK_PYTHON="$venv/bin/python" PATH="$venv/bin:$PATH" spark-submit \
    --master "${master:-local-cluster[2,1,1024]}" --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=8 \
    --files wxsub,wxsub.keys "$here/wxsub_spark.py" --args '--keys wxsub.keys' --tz Asia/Shanghai "${templates[@]}" \
    "$@" &> job.log
}
TIMEFORMAT='  %R s, of CPU %U + %S s'

# Fails with the name of the file.
if master='local[1]' job --out broken missing.log; then echo "a missing file did not fail the job"; exit 1; fi
grep -q '^error: wxsub failed on `.*/missing.log` with status 2' job.log || { tail -n 50 job.log; exit 1; }

echo "Spark:"
time job --out out captures/* || { tail -n 50 job.log; exit 1; }
grep -E '^[^ ]*: undecodable|captures: ' job.log

# Parts are in order, each with a header.
rows() { awk 'FNR > 1 || !header++' "$1"/part-*; }
own() { ./wxsub "$@" --exit-zero --summary json --keys wxsub.keys --tz Asia/Shanghai --to csv captures 2> "$1.err"; }
echo "wxsub stats, wxsub quota:"
time own stats --by day,template,status > stats.csv
time own quota "${templates[@]}" > quota.csv
cmp <(rows out/stats) stats.csv
cmp <(rows out/quota) quota.csv
counted=$(grep -oE '[0-9]+ undecodable;' job.log)
grep -q "\"undecodable\":${counted%% *}," stats.err || { echo "other undecodable payloads"; exit 1; }
echo "equal: $(wc -l < stats.csv) and $(wc -l < quota.csv) lines"
