using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>One of <c>Projects:n:AccessKeys:m</c>: a key pair that signs requests.</summary>
public sealed class AccessKeyOptions
{
    [Description("Public id of the access key")]
    [Required]
    public string Id { get; init; } = "";

    [Description("Secret that signatures are made with")]
    [Required]
    [Secret]
    public string Secret { get; init; } = "";
}
