using System.Globalization;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>What one stage has cost so far. Not thread safe.</summary>
internal sealed class StageCost(string name)
{
    private TimeSpan _processor;
    private long _allocatedBytes;
    private long _samples;

    public async ValueTask MeasureAsync(long samples, Func<ValueTask> work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        await work();
        _processor += Environment.CpuUsage.TotalTime - before;
        _allocatedBytes += GC.GetTotalAllocatedBytes() - allocated;
        _samples += samples;
    }

    /// <summary>Forgets what was measured while everything was cold.</summary>
    public void Restart() => (_processor, _allocatedBytes, _samples) = (TimeSpan.Zero, 0, 0);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-22} {_processor.TotalMicroseconds / Math.Max(1, _samples),8:F3} µs/sample {_allocatedBytes / (double)Math.Max(1, _samples),9:F2} B/sample");
}
