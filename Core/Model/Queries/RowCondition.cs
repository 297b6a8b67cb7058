namespace TimeSeries.Core.Model.Queries;

/// <summary>Which samples of a group a measure counts.</summary>
public enum RowCondition : byte
{
    Every = 0,

    /// <summary>
    /// The sample is an error: of a transaction, <c>error</c> is true or <c>error_class</c> is set; of an sql, <c>error</c> is true;
    /// of an httpc, <c>error</c> is true or <c>status</c> is 400 or more. No sample of another kind is.
    /// </summary>
    Failed = 1,

    /// <summary>200 ≤ status &lt; 300.</summary>
    StatusSuccess = 2,

    /// <summary>status ≥ 400.</summary>
    StatusFailure = 3,

    /// <summary>No status, or status &lt; 400.</summary>
    StatusNotFailure = 4,
}
