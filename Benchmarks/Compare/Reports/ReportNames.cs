namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Titles of the report's tables and names of its columns and rows, said once for those who measure, judge and draw.</summary>
internal static class ReportNames
{
    public const string Ours = "TimeSeries";
    public const string OursRaw = "TimeSeries without rollups";

    public const string Ingest = "Ingest of transactions of 16 fields";
    public const string Exports = "Spans and lines over the protocols of others";
    public const string Disk = "Bytes on disk";
    public const string Query = "Aggregates over one day";
    public const string Endpoints = "Documented endpoints over one day";
    public const string Latency = "Latency of acks, batches of 100";
    public const string Restart = "Start, from exec of the built binary";
    public const string Cold = "The first samples after a start";
    public const string Memory = "Memory under load";
    public const string GrowthRows = "Growth with samples";
    public const string GrowthServices = "Growth with distinct services";

    public const string RowsPerSecond = "rows/s";
    public const string ProcessorMicroseconds = "server CPU µs/row";
    public const string ProcessorSeconds = "server CPU s/million";
    public const string AllocatedBytes = "allocated B/row";
    public const string PeakMegabytes = "peak RssAnon MB";
    public const string BytesPerRow = "bytes/row";
    public const string P50 = "p50 ms";
    public const string P99 = "p99 ms";
    public const string Records = "records";
    public const string FirstToSteady = "first ÷ steady";
    public const string FirstMs = "first ms";
    public const string FirstHundred = "p99 of the first 100 ms";
    public const string ReadySeconds = "ready s";
    public const string WithWarmUp = "with warm-up";
    public const string WithoutWarmUp = "without warm-up";
    public const string FirstResponse = "first response s";

    public const string ByMinute = "by minute (1,440 rows)";
    public const string ByService = "by service";
    public const string ByMinuteAndService = "by minute and service, top 1,000";
    public const string OfUser = "of one user_id, by service";
    public const string TenSeconds = "10-second windows, top 1,000";
    public const string ByHourAndService = "by hour and service, limit 1,000";
    public const string OfAddressPart = "of addresses with .17., by minute";
    public const string PercentileByService = "p95 by service";
    public const string DistinctAddresses = "distinct addresses";

    /// <summary>What counts as ours on disk.</summary>
    public const string OursOnDisk = "blocks with their rollups, ids and manifest; no log";

    /// <summary>Rows of the ingest table that are ours begin so.</summary>
    public static string OursIn(string form) => $"{Ours}, {form}";

    /// <summary>Rows of the ingest table whose bodies repeat all but times and ids begin so.</summary>
    public static string RepeatedIn(string form) => $"{Ours}, repeated {form}";

    /// <summary>Name of the column that holds a system's medians.</summary>
    public static string MedianOf(string system) => system + " median ms";
}
