using System.Runtime.InteropServices;

namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// Lets a thread that sends on schedule go before others that want its processor: what it waited for one would count as the server's latency, though in use agents run on other machines.
/// </summary>
internal static partial class ThreadUrgency
{
    /// <summary>The nice value that a thread gets.</summary>
    public const int Nice = -15;

    // PRIO_PROCESS of sys/resource.h: on Linux one thread, see setpriority(2).
    private const int OneThread = 0;

    /// <summary>Raises the calling thread for good; false where the system does not let it, for which it takes a privilege.</summary>
    public static bool TryRaise() => OperatingSystem.IsLinux() && SetPriority(OneThread, 0, Nice) == 0;

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, uint who, int nice);
}
