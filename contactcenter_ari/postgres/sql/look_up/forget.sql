discard all
