namespace TimeSeries.Core.Model.Queries;

/// <summary>What orders samples of one time in a list, which is newest first otherwise.</summary>
public enum ListOrder : byte
{
    /// <summary>By arrival, the last first: exactly the reverse of the order in which one node took them (of several nodes: by node).</summary>
    LastArrivalFirst,

    /// <summary>By arrival, the first first.</summary>
    FirstArrivalFirst,

    /// <summary>By the bytes of the field <c>id</c>, ascending; alerts only.</summary>
    ById,
}
