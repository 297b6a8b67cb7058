namespace TimeSeries.Core.Schema;

/// <summary>What a sample is about. The numeric value is stored in the log and in blocks and never changes.</summary>
public enum Kind : byte
{
    Transaction = 0,
    Sql = 1,
    Httpc = 2,
    Exception = 3,
    Thread = 4,
    Alert = 5,
    Event = 6,
}
