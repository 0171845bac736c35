# Calls a function of libvirt that virsh has no command for: libvirt_call.py URI DOMAIN FUNCTION NUMBER
import ctypes
import sys

uri, domain, function, number = sys.argv[1:]
libvirt = ctypes.CDLL("libvirt.so.0")
for name in ("virConnectOpenAuth", "virDomainLookupByName"):
    getattr(libvirt, name).restype = ctypes.c_void_p
by_default = ctypes.c_void_p.in_dll(libvirt, "virConnectAuthPtrDefault")
connection = libvirt.virConnectOpenAuth(uri.encode(), by_default, 0)
if not connection:
    sys.exit(1)
found = libvirt.virDomainLookupByName(ctypes.c_void_p(connection), domain.encode())
if not found:
    sys.exit(2)
done = getattr(libvirt, function)(ctypes.c_void_p(found), ctypes.c_ulong(int(number)))
libvirt.virDomainFree(ctypes.c_void_p(found))
libvirt.virConnectClose(ctypes.c_void_p(connection))
sys.exit(0 if done == 0 else 3)
