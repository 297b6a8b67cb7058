using System.Runtime.InteropServices;

namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// Waits of less than a few milliseconds that end in time and leave the processor to others meanwhile: what is measured shares it. On Linux
/// <c>nanosleep</c> with a timer slack of 1 ns, see prctl(2); elsewhere the thread gives way until the time has come.
/// </summary>
internal static partial class ShortSleep
{
    // PR_SET_TIMERSLACK, of linux/prctl.h.
    private const int SetTimerSlack = 29;

    // Most that waking up late is made up for by spinning; a system call takes a part of it.
    private static readonly TimeSpan _spun = TimeSpan.FromMicroseconds(20);

    private static readonly bool _isNative = OperatingSystem.IsLinux();

    /// <summary>Has the kernel end the calling thread's timed waits when they are over instead of some 50 µs later.</summary>
    public static void SharpenTimers()
    {
        if (_isNative)
        {
            _ = SetProcess(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Waits a part of the time that is left; the caller looks at its clock and waits again.</summary>
    public static void Approach(TimeSpan left)
    {
        if (!_isNative)
        {
            Thread.Yield();
        }
        else if (left > _spun)
        {
            // A signal may end it early, which the caller's clock tells.
            TimeSpan slept = left - _spun;
            _ = Sleep(new NativeTime((nint)(slept.Ticks / TimeSpan.TicksPerSecond),
                (nint)(slept.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick)), 0);
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetProcess(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(in NativeTime length, nint left);

    /// <summary>A <c>timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct NativeTime(nint Seconds, nint Nanoseconds);
}
