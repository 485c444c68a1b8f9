#ifndef POSTCTL_POSTFIX_PATHS_H
#define POSTCTL_POSTFIX_PATHS_H

/*
 * Where Postfix is before its configuration is read; compiled into Postfix,
 * too (DEF_CONFIG_DIR, DEF_COMMAND_DIR in its makedefs.out).
 */
#ifndef POSTFIX_CONFIG_DIRECTORY
#define POSTFIX_CONFIG_DIRECTORY "/etc/postfix"
#endif
#ifndef POSTFIX_COMMAND_DIRECTORY
#define POSTFIX_COMMAND_DIRECTORY "/usr/sbin"
#endif

#endif
