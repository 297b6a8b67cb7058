using NUnit.Framework;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Tests.Hosting;

public sealed class HeapWatchTests
{
    [Test]
    public async Task Much_garbage_begins_a_collection_of_the_whole_heap()
    {
        using HeapWatch watch = new();
        await watch.StartAsync(CancellationToken.None);
        int before = GC.CollectionCount(GC.MaxGeneration);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        long allocated = 0;
        while (GC.CollectionCount(GC.MaxGeneration) == before && !patience.IsCancellationRequested)
        {
            // Slowly, so that the collector has no reason of its own.
            allocated += GC.AllocateUninitializedArray<byte>(1 << 20).Length;
            await Task.Delay(1);
        }

        await watch.StopAsync(CancellationToken.None);
        Assert.That(GC.CollectionCount(GC.MaxGeneration), Is.GreaterThan(before), $"{allocated} bytes were allocated");
    }
}
