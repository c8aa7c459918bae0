from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0071_hygiene_fixes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Night',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=200)),
                ('body', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ('-day',),
            },
        ),
    ]
