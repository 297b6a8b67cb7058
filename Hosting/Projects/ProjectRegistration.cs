using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>Registers the projects of a host.</summary>
public static class ProjectRegistration
{
    /// <summary>Adds the <see cref="ProjectDirectory"/>: of the projects configured, or of the one made when there are none. Needs file system and data directory.</summary>
    public static IServiceCollection AddProjects(this IServiceCollection services) =>
        services.AddSingleton<FirstProject>().AddSingleton(provider =>
        {
            IReadOnlyList<ProjectOptions> configured = provider.GetRequiredService<ProjectListOptions>().Projects;
            return new ProjectDirectory(configured.Count > 0 ? configured : provider.GetRequiredService<FirstProject>().Make());
        });
}
