using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Rollups;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// How samples are stored in InfluxDB. Each kind is a measurement with the tags <c>pcode, oid, node, e</c> (alerts: also <c>b</c>). Its fields are the
/// sequence number <c>n</c> and the other fields of the kind by name. Durations are integer µs, numbers integer millionths, booleans
/// 0i and 1i, maps canonical JSON. A missing field is left out, a missing oid is the tag value <c>-</c> (3.x fixes the tags of a table).
/// <para>
/// Rollups are in <c>rollup_5m</c> with the tags <c>pcode, node, kind</c> and the fields <c>unit, part, parts, data</c>. A unit is the samples of a node
/// between two marks in its log. Before or with a unit's first sample in a bucket, its point of part 0 is written with <c>parts=0i</c>:
/// the unit has samples here, and its rollup is not complete. When all its samples are confirmed, the same points are written again with
/// <c>parts</c> ≥ 1 and <c>data</c>: the parts, in order, of the base64 of <see cref="UnitRollups"/>. A bucket is served from rollups
/// when every unit with a point in it has <c>parts</c> ≥ 1 and all of its parts. Otherwise its samples are read raw.
/// </para>
/// <para>
/// Heartbeats of nodes are in <c>node</c> with the tag <c>node</c> and the fields <c>at, instance, next, open, through</c>: one point a node and hour, at
/// the hour's start, rewritten every second while the node runs. What the node accepted at <c>through</c> (ms) or before is in InfluxDB.
/// <c>open=1i</c> means that later samples may be missing, <c>open=0i</c> that the node stopped with nothing left. A node whose last heartbeat is
/// older than a day counts as lost.
/// </para>
/// </summary>
public static class InfluxSchema
{
    public const string PcodeTag = "pcode";
    public const string OidTag = "oid";

    /// <summary>The node's id, 16 hexadecimal digits.</summary>
    public const string NodeTag = "node";

    /// <summary>(n div 10⁶) mod 64.</summary>
    public const string EpochTag = "e";

    /// <summary>First byte of an alert's id, two hexadecimal digits.</summary>
    public const string AlertTag = "b";

    /// <summary>Name of the kind, in <see cref="RollupMeasurement"/>.</summary>
    public const string KindTag = "kind";

    /// <summary>Field of each sample: its sequence number.</summary>
    public const string NumberField = "n";

    public const string RollupMeasurement = "rollup_5m";
    public const string UnitField = "unit";
    public const string PartField = "part";
    public const string PartsField = "parts";
    public const string DataField = "data";

    /// <summary>Measurement of the nodes' heartbeats.</summary>
    public const string NodeMeasurement = "node";

    /// <summary>Field of a heartbeat: what the node accepted through this time, in ms, is in InfluxDB.</summary>
    public const string ThroughField = "through";

    /// <summary>Field of a heartbeat: 1 while the node may have accepted more.</summary>
    public const string OpenField = "open";

    /// <summary>Field of a heartbeat: when the node wrote it, in ms by its clock.</summary>
    public const string AtField = "at";

    /// <summary>Field of a heartbeat: random id of the process, 16 hexadecimal digits.</summary>
    public const string InstanceField = "instance";

    /// <summary>Field of a heartbeat: the sequence number behind all samples that the node may have sent.</summary>
    public const string NextField = "next";

    /// <summary>Length of merged rollups and of a heartbeat's point. No shard is shorter.</summary>
    public const long HourMilliseconds = 3_600_000;

    /// <summary>An open node without a heartbeat for this long counts as lost.</summary>
    public const long NodeMemoryMilliseconds = 24 * HourMilliseconds;

    /// <summary>The unit of samples whose unit was lost with the checkpoint. It never gets a rollup.</summary>
    public const long UnknownUnit = -1;

    /// <summary>Most characters of base64 in one part: InfluxDB takes strings up to 64 KiB.</summary>
    public const int MaxPartBytes = 48 << 10;

    /// <summary>Length of a rollup's bucket, aligned to the epoch.</summary>
    public const long BucketMilliseconds = 300_000;

    /// <summary>How many unit numbers a bucket has times for.</summary>
    public const long UnitSlots = 3_000_000;

    /// <summary>How many parts a unit may have: slots × parts are the nanoseconds of a bucket.</summary>
    public const long PartSlots = 100_000;

    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NumbersPerEpoch = 1_000_000;
    private const long Epochs = 64;

    /// <summary>Name of a kind's measurement.</summary>
    public static string MeasurementOf(Kind kind) => SampleSchema.Of(kind).Name;

    /// <summary>Whether the field is a field of the point too: all but its time and its agent's id.</summary>
    public static bool IsPointField(Field field) => field.Ordinal is not (KindSchema.Time or KindSchema.Oid);

    /// <summary>Nanoseconds of a sample's point.</summary>
    public static long PointTime(long milliseconds, long number) => milliseconds * NanosecondsPerMillisecond + number % NumbersPerEpoch;

    /// <summary>Milliseconds of the sample of a point.</summary>
    public static long MillisecondsOf(long pointTime) =>
        pointTime / NanosecondsPerMillisecond - (pointTime % NanosecondsPerMillisecond < 0 ? 1 : 0);

    /// <summary>Hours since 1970 that the time of a point lies in.</summary>
    public static long HourOf(long pointTime) => pointTime / (HourMilliseconds * NanosecondsPerMillisecond);

    /// <summary>Value of <see cref="EpochTag"/> for a sequence number.</summary>
    public static long EpochOf(long number) => number / NumbersPerEpoch % Epochs;

    /// <summary>Start in ms of the bucket that a time lies in.</summary>
    public static long BucketOf(long milliseconds) => milliseconds - ((milliseconds % BucketMilliseconds) + BucketMilliseconds) % BucketMilliseconds;

    /// <summary>
    /// Nanoseconds of a unit's part in a bucket that starts at <paramref name="bucket"/> ms; inside the bucket, and unique for node, unit and part.
    /// </summary>
    public static long RollupTime(long bucket, long unit, long part)
    {
        long slot = unit < 0 ? UnitSlots - 1 : unit % (UnitSlots - 1);
        return bucket * NanosecondsPerMillisecond + slot * PartSlots + part;
    }

    /// <summary>
    /// Nanoseconds of a heartbeat's point: the start of its hour, so that a node has few points and no retention refuses them.
    /// </summary>
    public static long NodeTime(long milliseconds) => milliseconds / HourMilliseconds * HourMilliseconds * NanosecondsPerMillisecond;

    /// <summary>Value of <see cref="NodeTag"/>.</summary>
    public static string NodeName(ulong nodeId) => nodeId.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
