using BenchmarkDotNet.Attributes;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>Marks a suite whose allocated bytes are held against stored ones by the command <c>allocations</c>.</summary>
public sealed class AllocationGateAttribute() : BenchmarkCategoryAttribute(Category)
{
    public const string Category = "allocations";
}
