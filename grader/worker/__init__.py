"""The other side of the trust line: everything in this package runs in processes that run student code.

Nothing here knows a lab, an expected value, a bound or another student. A worker receives code and calls, and
answers with raw values. `fork_server` starts workers, `request_loop` serves one, `module_loader` executes a
file, `value_codec` converts objects to messages, and `stub_modules` replaces packages that are not installed.
"""
