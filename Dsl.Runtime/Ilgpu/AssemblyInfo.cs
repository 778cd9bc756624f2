using System.Runtime.CompilerServices;
using ILGPU;

// What ILGPU compiles to launch a kernel lives in an assembly of this name, and takes the kernel's parameters.
[assembly: InternalsVisibleTo(Context.RuntimeAssemblyName)]
