using System.Runtime.CompilerServices;

// Every signature in this assembly is blittable: no marshalling stub stands between the code and the kernel.
[assembly: DisableRuntimeMarshalling]
