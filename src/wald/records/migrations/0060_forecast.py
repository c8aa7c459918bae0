from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0055_plan_acceptance'),
    ]

    operations = [
        migrations.CreateModel(
            name='ForecastEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('submission', 'Submission'), ('override', 'Override')], max_length=10)),
                ('person_id', models.CharField(max_length=200)),
                ('seat', models.TextField()),
                ('period', models.CharField(max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('number', models.PositiveIntegerField()),
                ('category', models.CharField(max_length=12)),
                ('amount', models.CharField(max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('note', models.TextField(blank=True)),
                ('is_late', models.BooleanField(default=False)),
                ('said_at', models.DateTimeField()),
                ('by', models.CharField(max_length=200)),
                ('by_person_id', models.CharField(blank=True, max_length=200)),
                ('replaced_key', models.TextField(blank=True)),
                ('replaced_amount', models.CharField(blank=True, max_length=40)),
                ('replaced_currency', models.CharField(blank=True, max_length=3)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(fields=['starts_on', 'ends_on'], name='forecast_of_period')],
                'constraints': [models.UniqueConstraint(fields=('person_id', 'starts_on', 'ends_on', 'number'), name='one_forecast_entry_of_a_number')],
            },
        ),
    ]
