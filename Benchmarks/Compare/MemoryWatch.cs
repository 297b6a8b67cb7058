using System.Globalization;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>Watches the anonymous memory of a process (RssAnon of /proc/&lt;pid&gt;/status, proc_pid_status(5)) until it is disposed.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private const long KibiByte = 1_024;
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private long _peakBytes;

    public MemoryWatch(int processId)
    {
        _peakBytes = Read(processId);
        _thread = new Thread(() =>
        {
            while (!_end.Wait(_period))
            {
                _peakBytes = Math.Max(_peakBytes, Read(processId));
            }
        })
        {
            IsBackground = true,
        };
        _thread.Start();
    }

    /// <summary>The highest so far; 0 where the system does not tell.</summary>
    public long PeakBytes => Volatile.Read(ref _peakBytes);

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    /// <summary>What a process has now; 0 where the system does not tell.</summary>
    public static long Read(int processId)
    {
        try
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status");
            string? line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["RssAnon:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * KibiByte;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
