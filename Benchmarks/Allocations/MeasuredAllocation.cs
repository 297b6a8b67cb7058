namespace TimeSeries.Benchmarks.Allocations;

/// <summary>What one benchmark allocated.</summary>
/// <param name="Name">Suite, method and parameters.</param>
/// <param name="BytesPerOperation">Allocated bytes of an operation, on the mean of the run.</param>
/// <param name="OperationsPerRun">How many operations were measured together.</param>
internal readonly record struct MeasuredAllocation(string Name, double BytesPerOperation, long OperationsPerRun);
