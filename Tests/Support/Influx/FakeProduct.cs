namespace TimeSeries.Tests.Support.Influx;

/// <summary>Which product a <see cref="FakeInflux"/> stands in for, where no real one can be had.</summary>
internal enum FakeProduct
{
    /// <summary>InfluxDB 2.x: one bad line refuses the whole batch, conflicts of types are 422, the token is sent as Token.</summary>
    Version2,

    /// <summary>InfluxDB 3.x: bad lines are told one by one and the rest stored, a table's tags are fixed, Accept must be one known type.</summary>
    Version3,

    /// <summary>The cloud: as 2.x, with limits: 413, 429 and 503 as told.</summary>
    Cloud,
}
