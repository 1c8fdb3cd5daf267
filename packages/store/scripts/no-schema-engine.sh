#!/bin/sh
# Stands in for Prisma's schema engine, which its CLI would download for commands that never run it. Fails, so that a command that
# does need the engine cannot pretend to have worked.
exit 1
