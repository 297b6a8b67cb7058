using System.Runtime.InteropServices;

namespace TimeSeries.Core.Threads;

/// <summary>
/// Lets one thread sleep until others ring. A ring that nobody waits for is kept for the next wait; more than one are one. On Linux a futex, see futex(2): waking a thread through
/// the runtime's own means takes several times as long. Any thread may ring, one waits.
/// </summary>
internal sealed partial class Doorbell
{
    private const int Quiet = 0;
    private const int Rung = 1;
    private const int Asleep = 2;

    // FUTEX_WAIT and FUTEX_WAKE with FUTEX_PRIVATE_FLAG, of linux/futex.h.
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    // SYS_futex, of asm/unistd.h; 0 where it is not known.
    private static readonly nint _futex = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    // Pinned, since the kernel knows the word by its address, and on a cache line of its own.
    private readonly int[] _words = GC.AllocateArray<int>(64 / sizeof(int), pinned: true);

    private ref int State => ref _words[0];

    /// <summary>Ends the wait of the thread that waits, or else the next one.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref State, Rung) == Asleep)
        {
            Wake();
        }
    }

    /// <summary>Sleeps until it rings.</summary>
    public void Wait()
    {
        while (Interlocked.CompareExchange(ref State, Quiet, Rung) != Rung)
        {
            // Returns at once when it rang in between, and may return for no reason.
            if (Interlocked.CompareExchange(ref State, Asleep, Quiet) != Rung)
            {
                SleepUnlessRung();
            }
        }
    }

    private void Wake()
    {
        if (_futex != 0)
        {
            _ = Call(_futex, ref State, WakePrivate, 1, 0, 0, 0);
            return;
        }

        lock (_words)
        {
            Monitor.Pulse(_words);
        }
    }

    private void SleepUnlessRung()
    {
        if (_futex != 0)
        {
            _ = Call(_futex, ref State, WaitPrivate, Asleep, 0, 0, 0);
            return;
        }

        lock (_words)
        {
            if (Volatile.Read(ref State) == Asleep)
            {
                Monitor.Wait(_words);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(nint number, ref int word, nint operation, nint value, nint timeout, nint second, nint third);
}
