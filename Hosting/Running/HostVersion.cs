using System.Reflection;

namespace TimeSeries.Hosting.Running;

/// <summary>The version of the hosts.</summary>
internal static class HostVersion
{
    public static string Text { get; } =
        typeof(HostVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
