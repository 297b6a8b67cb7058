using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Benchmarks.Allocations;

/// <summary>Allocated bytes of an operation by benchmark, as they are stored in a file: one JSON object, a line a benchmark.</summary>
internal sealed class AllocationBaselines(IReadOnlyDictionary<string, double> bytes)
{
    // What the runtime and the engine of the benchmarks do now and then (a resized table, a timer) is no growth.
    private const double AllowedShare = 0.1;
    private const double AllowedBytesPerRun = 16_384;

    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true };

    /// <summary>Reads a file; empty when there is none.</summary>
    /// <exception cref="JsonException">The file is no such object.</exception>
    public static AllocationBaselines Read(string path) => new(File.Exists(path)
        ? JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(path)) ?? []
        : []);

    /// <summary>What was measured, as the text of a file.</summary>
    public static string ToText(IEnumerable<MeasuredAllocation> measured) => JsonSerializer.Serialize(
        new SortedDictionary<string, double>(measured.ToDictionary(one => one.Name, one => Math.Round(one.BytesPerOperation, 3)),
            StringComparer.Ordinal), _options) + "\n";

    /// <summary>Why what was measured does not fit what is stored, a line a benchmark; empty when it does.</summary>
    public IReadOnlyList<string> Compare(IReadOnlyCollection<MeasuredAllocation> measured)
    {
        List<string> faults = [];
        foreach (MeasuredAllocation one in measured)
        {
            if (!bytes.TryGetValue(one.Name, out double stored))
            {
                faults.Add($"{one.Name} has no baseline.");
            }
            else if (one.BytesPerOperation > (stored * (1 + AllowedShare)) + (AllowedBytesPerRun / one.OperationsPerRun))
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{one.Name} allocates {one.BytesPerOperation:F3} B an operation, more than {stored:F3}."));
            }
        }

        foreach (string name in bytes.Keys.Except(measured.Select(one => one.Name)).Order(StringComparer.Ordinal))
        {
            faults.Add($"{name} has a baseline and was not measured.");
        }

        return faults;
    }
}

/// <summary>What one benchmark allocated.</summary>
/// <param name="Name">Suite, method and parameters.</param>
/// <param name="BytesPerOperation">Allocated bytes of an operation, on the mean of the run.</param>
/// <param name="OperationsPerRun">How many operations were measured together.</param>
internal readonly record struct MeasuredAllocation(string Name, double BytesPerOperation, long OperationsPerRun);
