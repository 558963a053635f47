"""The other side of the trust line: everything in this package runs in processes that run student code.

Nothing here knows a lab, an expected value, a bound or another student; a worker is sent code and
calls, and answers with raw values. `zygote` starts workers, `loop` serves one, `loader` executes a
file, `values` turns objects into messages, `standins` replaces packages that are not installed.
"""
