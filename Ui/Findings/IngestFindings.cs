using System.Globalization;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ui.Findings;

/// <summary>What is wrong with the samples of a project on their way in, and with the node that takes them.</summary>
internal static class IngestFindings
{
    /// <summary>When a sentence about samples appears.</summary>
    public const string RejectionRule = "Something that the project sent was rejected within the last 10 minutes.";

    /// <summary>When a sentence about the node appears.</summary>
    public const string NodeRule =
        "The WAL can't be written or is 80 % full, the store takes no samples or is more than a minute behind, or the disk is nearly full. Only tokens with "
        + "the scope admin see it.";

    /// <summary>When a sentence about what is no sample appears.</summary>
    public const string UnmappedRule =
        "Since the server started, spans, data points or lines of the project came, and none of them became a sample. Log records mostly become none.";

    private const string Logs = "logs";
    private const string Lines = "lines";
    private const long RecentMilliseconds = 600_000;
    private const double FullShare = 0.8;

    private static readonly TimeSpan _behind = TimeSpan.FromMinutes(1);

    /// <summary>What was rejected, and what came and is not kept.</summary>
    /// <param name="counts">Of the project.</param>
    /// <param name="now">The present, in ms.</param>
    public static IEnumerable<Finding> OfProject(IngestCounts counts, long now)
    {
        foreach (RejectionExample example in counts.Examples.Where(example => now - example.At < RecentMilliseconds))
        {
            yield return new Finding($"Rejected, {example.What}: {example.Sentence}", "ingest", [], RejectionRule);
        }

        foreach (FateCounts items in counts.Items.Where(items => items.Name != Logs && items.Stored == 0 && items.Unmapped.Length > 0))
        {
            yield return Unmapped($"OpenTelemetry {items.Name}: of {items.Received:N0} that came none is a sample ({Reasons(items.Unmapped)}).");
        }

        if (counts.UnmappedLines > 0 && !counts.Pushed.Any(pushed => pushed.Protocol == Lines && pushed.Samples > 0))
        {
            yield return Unmapped($"Line protocol: of {counts.UnmappedLines:N0} lines that came none is a sample, as their measurements are no kind.");
        }
    }

    /// <summary>What is wrong with the node.</summary>
    public static IEnumerable<Finding> OfNode(NodeHealth node)
    {
        string?[] texts =
        [
            node.LogFault is { } log ? $"The WAL can't be written: {log}" : null,
            node.LogBytes >= FullShare * node.MaxLogBytes
                ? string.Create(CultureInfo.InvariantCulture, $"The WAL is {node.LogBytes / (double)node.MaxLogBytes:P0} full; when it is, pushes are refused.")
                : null,
            node.StoreFault is { } store ? $"The store takes no samples: {store}" : null,
            node.WaitingAge >= _behind
                ? string.Create(CultureInfo.InvariantCulture, $"The store is {node.WaitingAge.TotalMinutes:N0} minutes behind what was pushed.")
                : null,
            node.FreeDiskBytes < node.LowDiskBytes
                ? string.Create(CultureInfo.InvariantCulture, $"The disk has {node.FreeDiskBytes >> 20:N0} MiB left.")
                : null,
        ];
        return from text in texts where text is not null select new Finding(text, "ingest", [("of", "node")], NodeRule);
    }

    private static Finding Unmapped(FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture), "ingest", [], UnmappedRule);

    private static string Reasons(IEnumerable<ReasonCount> reasons) =>
        string.Join(", ", reasons.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Reason} {reason.Count:N0}")));
}
