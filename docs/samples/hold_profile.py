"""Holds a MAPI profile for as long as this program works with it, without the client library.

JSON-RPC over the broker's pipe with nothing but the standard library; proto/protocol.md is what it
follows, with the notices in the registry hive of its section 9, so that it may begin while the
service is away. Use it as a module:

    with HeldProfile("Mail Gateway"):
        ...  # MAPI work, through pywin32 or Redemption for instance

or from a prompt, where it holds the profile until its standard input ends:

    python hold_profile.py PROFILE
"""

import json
import os
import sys
import threading
import uuid


class Refused(Exception):
    """The service has refused a request; reason is a word of the protocol's section 7."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.reason = error.get("data", {}).get("reason", "")


if sys.platform == "win32":
    import ctypes
    import msvcrt
    import winreg
    from ctypes import wintypes

    ENDPOINT = r"\\.\pipe\ProtectedPrefix\Administrators\MapiProfileBroker"
    LOCAL_SYSTEM = "S-1-5-18"

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    _pointer_to = ctypes.POINTER
    _kernel32.CreateFileW.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD,
        wintypes.DWORD, wintypes.HANDLE]
    _kernel32.CreateFileW.restype = wintypes.HANDLE
    _kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
    _kernel32.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel32.GetProcessTimes.argtypes = [wintypes.HANDLE] + [_pointer_to(wintypes.FILETIME)] * 4
    _kernel32.GetExitCodeProcess.argtypes = [wintypes.HANDLE, _pointer_to(wintypes.DWORD)]
    _kernel32.GetComputerNameExW.argtypes = [ctypes.c_int, wintypes.LPWSTR, _pointer_to(wintypes.DWORD)]
    _kernel32.CompareStringOrdinal.argtypes = [
        wintypes.LPCWSTR, ctypes.c_int, wintypes.LPCWSTR, ctypes.c_int, wintypes.BOOL]
    _kernel32.LocalFree.argtypes = [wintypes.LPVOID]
    _kernel32.LocalFree.restype = wintypes.LPVOID
    _advapi32.GetSecurityInfo.argtypes = [
        wintypes.HANDLE, ctypes.c_int, wintypes.DWORD, _pointer_to(wintypes.LPVOID), wintypes.LPVOID,
        wintypes.LPVOID, wintypes.LPVOID, _pointer_to(wintypes.LPVOID)]
    _advapi32.GetSecurityInfo.restype = wintypes.DWORD
    _advapi32.ConvertSidToStringSidW.argtypes = [wintypes.LPVOID, _pointer_to(wintypes.LPWSTR)]

    def _owner_of(handle):
        kernel_object, owner_information = 6, 1  # SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION
        owner, descriptor = wintypes.LPVOID(), wintypes.LPVOID()
        if _advapi32.GetSecurityInfo(handle, kernel_object, owner_information, ctypes.byref(owner),
                                     None, None, None, ctypes.byref(descriptor)):
            return ""
        text = wintypes.LPWSTR()
        try:
            if not _advapi32.ConvertSidToStringSidW(owner, ctypes.byref(text)):
                return ""
            return text.value
        finally:
            _kernel32.LocalFree(ctypes.cast(text, wintypes.LPVOID))
            _kernel32.LocalFree(descriptor)

    def open_stream(endpoint):
        access = 0x120083  # SYNCHRONIZE, READ_CONTROL, FILE_READ_ATTRIBUTES, FILE_READ_DATA, FILE_WRITE_DATA
        open_existing, identification = 3, 0x00100000 | 0x00010000  # SECURITY_SQOS_PRESENT | _IDENTIFICATION
        handle = _kernel32.CreateFileW(endpoint, access, 0, None, open_existing, identification, None)
        if handle == wintypes.HANDLE(-1).value:
            raise ctypes.WinError(ctypes.get_last_error())  # FileNotFoundError: the service does not run
        if _owner_of(handle) != LOCAL_SYSTEM:
            _kernel32.CloseHandle(handle)
            raise PermissionError("the pipe is not the service's")
        descriptor = msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY)
        return os.fdopen(descriptor, "r+b", buffering=0)

    def _created(process):
        created, ended, kernel, user = (wintypes.FILETIME() for _ in range(4))
        if not _kernel32.GetProcessTimes(process, ctypes.byref(created), ctypes.byref(ended),
                                         ctypes.byref(kernel), ctypes.byref(user)):
            return None
        return str(created.dwHighDateTime << 32 | created.dwLowDateTime)

    def _may_run(pid, created):
        query_limited_information, invalid_parameter, still_active = 0x1000, 87, 259
        process = _kernel32.OpenProcess(query_limited_information, False, pid)
        if not process:
            return ctypes.get_last_error() != invalid_parameter  # which means: nobody has that pid
        try:
            code = wintypes.DWORD(still_active)
            _kernel32.GetExitCodeProcess(process, ctypes.byref(code))
            return _created(process) in (None, created) and code.value == still_active
        finally:
            _kernel32.CloseHandle(process)

    def _same_profile(one, other):
        equal = 2  # CSTR_EQUAL
        return _kernel32.CompareStringOrdinal(one, -1, other, -1, True) == equal

    class Notice:
        """What tells the account's other processes of a reference that the service does not know."""

        PARENT = r"Software\MAPI Profile Broker"

        def __init__(self, reference, profile):
            self.reference, self.profile = reference, profile

        def enter(self):
            """False: the profile is being removed just now, and nothing is entered."""
            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, self.PARENT + r"\Unregistered References",
                                    0, winreg.KEY_SET_VALUE) as key:
                data = f"{self._host()} {os.getpid()} {_created(_kernel32.GetCurrentProcess())} {self.profile}"
                winreg.SetValueEx(key, self.reference, 0, winreg.REG_SZ, data)
            if self._is_being_removed():  # written first, read second: of two at least one sees the other
                self.leave()
                return False
            return True

        def leave(self):
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, self.PARENT + r"\Unregistered References",
                                    0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, self.reference)
            except FileNotFoundError:
                pass

        def _is_being_removed(self):
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, self.PARENT + r"\Removals") as key:
                    values = [winreg.EnumValue(key, i)[1] for i in range(winreg.QueryInfoKey(key)[1])]
            except FileNotFoundError:
                return False
            except OSError:
                return True  # it changes while it is read: look again later
            for data in values:
                words = str(data).split(" ", 3)
                if (len(words) == 4 and words[1].isdigit() and words[0].lower() == self._host().lower()
                        and _same_profile(words[3], self.profile) and _may_run(int(words[1]), words[2])):
                    return True
            return False

        @staticmethod
        def _host():
            name, length = ctypes.create_unicode_buffer(256), wintypes.DWORD(256)
            physical_netbios = 4  # ComputerNamePhysicalNetBIOS
            if not _kernel32.GetComputerNameExW(physical_netbios, name, ctypes.byref(length)):
                return "localhost"
            return name.value.replace(" ", "_")

else:
    import socket

    ENDPOINT = os.path.join(os.environ.get("XDG_RUNTIME_DIR") or "/tmp", "mapi-profile-broker.sock")

    def open_stream(endpoint):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(endpoint)
        stream = connection.makefile("rwb", buffering=0)
        connection.close()  # the stream has it now
        return stream

    class Notice:
        """On Linux, where the service is for development, programs wait for it."""

        def __init__(self, reference, profile):
            pass

        def enter(self):
            return False

        def leave(self):
            pass


class Connection:
    """One connection; for one thread at a time."""

    def __init__(self, endpoint):
        self._stream = open_stream(endpoint)
        self._received = b""
        self._id = 0

    def close(self):
        self._stream.close()

    def call(self, method, **params):
        self._id += 1
        request = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        body = json.dumps(request).encode()
        frame = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        while frame:
            frame = frame[self._stream.write(frame):]
        while True:
            answer = self.receive()
            if "error" in answer and answer.get("id") in (self._id, None):
                raise Refused(answer["error"])
            if answer.get("id") == self._id:
                return answer["result"]

    def receive(self):
        """The next message; ConnectionError at the end of the connection."""
        header = self._take_until(b"\r\n\r\n").decode("ascii")
        fields = dict(line.split(":", 1) for line in header.split("\r\n"))
        length = next(int(value) for name, value in fields.items() if name.lower() == "content-length")
        return json.loads(self._take(length))

    def _take_until(self, end):
        while end not in self._received:
            self._read_more()
        taken, self._received = self._received.split(end, 1)
        return taken

    def _take(self, length):
        while len(self._received) < length:
            self._read_more()
        taken, self._received = self._received[:length], self._received[length:]
        return taken

    def _read_more(self):
        more = self._stream.read(65536)
        if not more:
            raise ConnectionError("the service has ended the connection")
        self._received += more


class HeldProfile:
    """A reference to a profile, from __enter__ to __exit__.

    A thread keeps a connection, so that a service that was started anew learns of the reference. It
    only registers and waits; the release goes over a connection of its own.
    """

    PAUSE = 1.0  # seconds between attempts to reach the service

    def __init__(self, profile, endpoint=None):
        self.profile = profile
        self._endpoint = endpoint or os.environ.get("MAPI_PROFILE_BROKER_ENDPOINT") or ENDPOINT
        self._reference = str(uuid.uuid4())  # ours, so that asking again is the same request
        self._notice = Notice(self._reference, profile)
        self._instance = None  # of the service that has the reference
        self._safe = threading.Event()
        self._ending = threading.Event()
        self._refusal = None
        self._turn = threading.Lock()  # registering or releasing

    def __enter__(self):
        threading.Thread(target=self._keep, daemon=True).start()
        self._safe.wait()
        if self._refusal:
            raise self._refusal
        return self

    def __exit__(self, *_):
        self._ending.set()
        with self._turn:
            self._notice.leave()
            if self._instance:
                self._release()

    def _keep(self):
        while not self._ending.is_set():
            try:
                connection = self._register()
                while connection:
                    connection.receive()  # nothing comes but the end
            except Refused as refusal:
                if not self._safe.is_set() and refusal.reason != "stopping":
                    self._refusal = refusal
                    self._safe.set()
                    return
            except (OSError, ValueError):
                if not self._safe.is_set() and self._notice.enter():
                    self._safe.set()  # without the service: the hive protects the profile
            self._ending.wait(self.PAUSE)

    def _register(self):
        connection = Connection(self._endpoint)
        instance = connection.call("broker/hello", client="hold_profile.py")["instance"]
        with self._turn:
            if self._ending.is_set():
                return None
            if instance != self._instance:
                connection.call("reference/acquire", profile=self.profile, reference=self._reference)
                self._instance = instance
                self._notice.leave()
            self._safe.set()
        return connection

    def _release(self):
        """When the service cannot be reached, it sees this process end instead.

        The answer may be a claim to delete the profile. This program leaves deleting to those that
        can do it well: it gives the claim back, and the next sweep (profile-broker sweep, or any
        program with the client library) deletes the profile.
        """
        try:
            connection = Connection(self._endpoint)
            removal = connection.call("reference/release", reference=self._reference)["removal"]
            if removal:
                connection.call("removal/finish", claim=removal["claim"], removed=False)
                print("the profile waits for deletion: run profile-broker sweep", flush=True)
            connection.close()
        except OSError as error:
            print(f"not released yet, the service does not answer: {error}", file=sys.stderr)
        except Refused as refusal:
            if refusal.reason != "notFound":  # which means: released already
                raise


def main():
    if len(sys.argv) != 2:
        print("python hold_profile.py PROFILE", file=sys.stderr)
        return 2
    try:
        with HeldProfile(sys.argv[1]) as held:
            print(f"holding '{held.profile}'", flush=True)
            sys.stdin.read()
    except Refused as refusal:
        print(f"refused: {refusal} ({refusal.reason})", file=sys.stderr)
        return 1
    print("released", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
