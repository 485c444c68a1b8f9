# shellcheck shell=bash
# What each file of real tests begins with: `load helpers/load`.
bats_require_minimum_version 1.8.0

load helpers/run
load helpers/instances
load helpers/mail
load helpers/processes
load helpers/damage
load helpers/world
load helpers/masters
load helpers/stand_in
load helpers/json
load helpers/boot
load helpers/faults
