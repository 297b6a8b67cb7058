using NUnit.Framework;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Tests.Hosting;

public sealed class HeapWatchTests
{
    [Test]
    public async Task A_heap_that_grows_by_much_is_collected_whole()
    {
        using HeapWatch watch = new();
        await watch.StartAsync(CancellationToken.None);
        int before = GC.CollectionCount(GC.MaxGeneration);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        List<byte[]> large = [];
        while (GC.CollectionCount(GC.MaxGeneration) == before && !patience.IsCancellationRequested)
        {
            // Slowly, so that the collector has no reason of its own.
            large.Add(GC.AllocateUninitializedArray<byte>(1 << 20));
            await Task.Delay(1);
        }

        await watch.StopAsync(CancellationToken.None);
        Assert.That(GC.CollectionCount(GC.MaxGeneration), Is.GreaterThan(before), $"{large.Count} MiB were allocated");
    }
}
