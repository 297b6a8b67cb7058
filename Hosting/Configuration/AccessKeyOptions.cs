using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>One of <c>Projects:n:AccessKeys:m</c>: a key pair that signs requests.</summary>
public sealed class AccessKeyOptions
{
    [Description("Public id of the access key")]
    [RequiredValue]
    public string Id { get; init; } = "";

    [Description("Secret that signatures are made with")]
    [RequiredValue]
    [Secret]
    public string Secret { get; init; } = "";
}
