# shellcheck shell=dash
# A try whose terminal and whole control group go away; one that is kept, over a boot.

boot 'a try' <<'END'
up
systemd-run --quiet --wait --pipe osrandom system try 2 | tail -n 1
until not [ -L /etc/ld.so.preload ]; do sleep 0.2; done
not draws
until journalctl -b -o cat -t osrandom | grep 'tried and not kept'; do sleep 0.2; done
osrandom system try 3600 >/dev/null
osrandom system keep
osrandom system status
END

boot 'what shall not even be tried' osrandom.off <<'END'
up
osrandom system status || :
not draws
END

boot 'what was kept' <<'END'
up
draws
osrandom system status
osrandom system off
not draws
systemctl is-enabled osrandom-preload.service osrandom-preload-booted.service || :
END

boot 'what was switched off' <<'END'
up
osrandom system status || :
not draws
END
