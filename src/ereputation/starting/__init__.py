"""Getting started: a first configuration, feeds found behind web pages, sources added and exchanged, cron's lines.

``discovery`` finds feeds, ``wording`` holds the commented text, ``writing`` puts it in a file, ``adding`` puts further
sources into one, ``opml`` talks to feed readers, ``schedule`` to cron and systemd; ``entries`` is what they share.
"""
