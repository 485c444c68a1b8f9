#!/bin/sh

# In the place of Debian's script of this name, which prepares the chroot of an instance: postfix(1) calls it at every start
# since Debian 13, with the instance in the environment; the init script and the systemd unit of Debian 12 with its name. A
# symbolic link would do, but "postfix check" warns of links that leave its directory.

POSTCTL=/usr/sbin/postctl
DEBIAN=/usr/share/postctl/debian/usr/lib/postfix/configure-instance.sh

# Where systemd is process 1 postctl stands aside, and chroots are Debian's matter.
read -r init </proc/1/comm && [ "$init" = systemd ] && [ -x "$DEBIAN" ] && exec "$DEBIAN" "$@"

# Postfix starts only if this succeeds, and it must if postctl is gone.
[ -x "$POSTCTL" ] || exit 0
exec "$POSTCTL" configure-instance "$@"
