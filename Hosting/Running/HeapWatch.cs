using Microsoft.Extensions.Hosting;

namespace TimeSeries.Hosting.Running;

/// <summary>
/// Begins a collection of the whole heap, in the background, when it has grown by much since the last one. Answers over many groups and merges of large blocks leave large arrays behind, and the collector
/// by itself lets their garbage grow to several times of what is in use before it looks at them.
/// </summary>
internal sealed class HeapWatch : BackgroundService
{
    // A few milliseconds' work for the collector, since nearly all that lives is arrays without references in them.
    private const long MaxGrowthBytes = 64L << 20;

    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The heap is the process's own, whatever clock a host is given.
        using PeriodicTimer timer = new(_period, TimeProvider.System);
        long least = 0;
        int collections = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            // What is collected young comes and goes; only what grows beyond counts.
            long bytes = GC.GetTotalMemory(forceFullCollection: false);
            if (GC.CollectionCount(GC.MaxGeneration) != collections)
            {
                (collections, least) = (GC.CollectionCount(GC.MaxGeneration), bytes);
            }
            else if (bytes - least > MaxGrowthBytes)
            {
                least = bytes;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }

            least = Math.Min(least, bytes);
        }
    }
}
