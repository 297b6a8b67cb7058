using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Registers sections of the configuration.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to a section of the configuration, and validates it when the host starts. <c>[Description]</c> is the line in
    /// <c>--help</c>, the initial value the default. <see cref="IOptions{T}"/> can be injected, or <typeparamref name="T"/> itself. The latter only comes when
    /// every section of the host is valid, since the host makes its services before it validates its options: so nothing is opened with half of a
    /// configuration.
    /// </summary>
    /// <typeparam name="T">The options type. Of a section that is a list, the only property has the section's name.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The section.</param>
    /// <param name="validator">The generated validator of the type; null when every value is valid.</param>
    /// <param name="formerName">An earlier name of the section. Its keys are still read, and lose against those under <paramref name="name"/>.</param>
    public static IServiceCollection AddSection<T>(
        this IServiceCollection services, string name, IValidateOptions<T>? validator = null, string? formerName = null)
        where T : class
    {
        OptionsSection section = new(name, typeof(T), formerName);
        services.AddSingleton(section);
        services.AddSingleton(provider => new SectionOptions<T>(section, provider.GetRequiredService<IConfiguration>(), validator));
        services.AddSingleton<IConfigureOptions<T>>(provider => provider.GetRequiredService<SectionOptions<T>>());
        services.AddSingleton<IValidateOptions<T>>(provider => provider.GetRequiredService<SectionOptions<T>>());
        services.AddOptions<T>().ValidateOnStart();
        services.AddSingleton(provider =>
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return provider.GetRequiredService<IOptions<T>>().Value;
        });
        return services;
    }

    /// <summary>The options of a section before the start validates them, for what a host is composed of. The default stays where something is wrong.</summary>
    public static T GetUnvalidated<T>(this IServiceProvider services)
        where T : class => services.GetRequiredService<SectionOptions<T>>().Unvalidated;
}
