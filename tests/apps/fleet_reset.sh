# shellcheck shell=dash
# A shim that ends every program is put in the place of a good one, and the machine is reset.

boot 'switched on' <<'END'
up
osrandom system on
draws
END

boot 'a bad shim' <<'END'
up
osrandom system status
draws
cp /box/crash.so "$(echo /usr/lib/*/osrandom | sed 's/osrandom$/libosrandom_preload.so/').new"
for file in /usr/lib/*/libosrandom_preload.so; do :; done
mv "$file.new" "$file"
if /bin/true; then exit 1; fi
echo 'no program starts'
reset
END

boot 'after the reset' <<'END'
up
/bin/true
not osrandom system status
not draws
journalctl -b -o cat -u osrandom-preload.service
systemctl --no-legend --plain --failed | cut -d ' ' -f 1
END

replace "$SHIM"
boot 'a good shim again' <<'END'
up
osrandom system status
draws
END
