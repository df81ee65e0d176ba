# shellcheck shell=dash
# Debian's Prometheus and its node exporter take what `osrandom status --prometheus` tells; promtool
# checks the figures and tries the alerts. A process of this box draws from the shim, one does not.

mkdir /box/parts /box/text
tar -xf "$PARTS" -C /box/parts
cp "$SHIM" /box/parts
osrandom=/box/parts/osrandom
$osrandom --version >/dev/null 2>&1 || {
    echo 'osrandom, as it was built here, does not run on the older Debian of the tree' >&2
    exit 77
}

cd /box/parts/tools/examples/prometheus
promtool test rules osrandom.rules.test.yml | grep SUCCESS
promtool check rules osrandom.rules.yml | grep SUCCESS

wait_with_openssl='import os, ssl, time; ssl.RAND_bytes(9); open(f"/box/ready{os.getpid()}", "w"); time.sleep(600)'
LD_PRELOAD=/box/parts/libosrandom_preload.so python3 -c "$wait_with_openssl" &
until_true test -e /box/ready$!
python3 -c "$wait_with_openssl" &
until_true test -e /box/ready$!

$osrandom status --prometheus --output /box/text/osrandom.prom
promtool check metrics </box/text/osrandom.prom
echo "figures: $(grep -c '^osrandom_' /box/text/osrandom.prom)"

prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.disable-defaults \
    --collector.textfile --collector.textfile.directory=/box/text >/box/exporter.log 2>&1 &
cat >/box/prometheus.yml <<'END'
rule_files: [/box/parts/tools/examples/prometheus/osrandom.rules.yml]
scrape_configs:
  - job_name: node
    scrape_interval: 1s
    static_configs:
      - targets: ['127.0.0.1:9100']
END
prometheus --config.file=/box/prometheus.yml --storage.tsdb.path=/box/tsdb \
    --web.listen-address=127.0.0.1:9090 >/box/prometheus.log 2>&1 &

cat >/box/ask.py <<'END'
import json, sys, urllib.parse, urllib.request

url = "http://127.0.0.1:9090/api/v1/query?" + urllib.parse.urlencode({"query": sys.argv[1]})
answer = json.load(urllib.request.urlopen(url))["data"]["result"]
assert answer
print(sys.argv[1], *sorted(one["value"][1] for one in answer))
END
ask() { until_true python3 /box/ask.py "$1" && python3 /box/ask.py "$1"; }
ask 'osrandom_program_processes{program=~"python.*",state="covered"}'
ask 'osrandom_program_processes{program=~"python.*",state="uncovered"}'
ask 'osrandom_program_draws{program=~"python.*"}'
ask 'count(osrandom_shim_info{build_id!=""})'
ask 'node_textfile_scrape_error'
