namespace TimeSeries.Core.Storage.Influx;

/// <summary>Names of the tags and fields that points have beside the fields of their kind, as readers know them.</summary>
internal static class InfluxPoints
{
    public const string Pcode = "pcode";
    public const string Oid = "oid";
    public const string Node = "node";
    public const string Number = "n";
    public const string AlertByte = "b";

    public const string Rollups = "rollup_5m";
    public const string Kind = "kind";
    public const string Spec = "spec";
    public const string Unit = "unit";
    public const string Part = "part";
    public const string Parts = "parts";
    public const string Samples = "samples";
    public const string Bytes = "data";

    /// <summary>Most terms of one condition; a longer list is left to the host, which filters anyway.</summary>
    public const int MaxTerms = 100;
}
